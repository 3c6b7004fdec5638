"""The sub-commands of `crossbeat`: one module each, with `register(app)`; heavy imports stay inside functions."""
