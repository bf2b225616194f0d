"""From a service to its image: one file for each kind, assembled by `image`."""
