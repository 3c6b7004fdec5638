"""How fast Crossbeat is, by hand or by `make bench`: figures of one run, beside a reference in the same run."""
