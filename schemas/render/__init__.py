"""From a contract to what each engine needs: one module an engine, each a pure function of the contract."""
