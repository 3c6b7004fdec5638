"""The sub-commands of `crossbeat`: one module each, with `register(app)`; imports of heavy parts stay inside functions."""
