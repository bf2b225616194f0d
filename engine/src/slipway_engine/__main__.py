"""`python -m slipway_engine` is the `slipway` command."""

from slipway_engine.cli.main import main

main()
