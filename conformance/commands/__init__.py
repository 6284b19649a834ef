"""The commands of `touchstone`, one module each; `conformance.cli` names them."""
