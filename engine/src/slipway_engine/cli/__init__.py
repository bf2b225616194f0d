"""The `slipway` command: the words of `dagger call`, `functions` and `check`, on the embedded engine."""
