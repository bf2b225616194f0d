"""A Dagger module on this machine: found, set up, asked for its types, and called."""
