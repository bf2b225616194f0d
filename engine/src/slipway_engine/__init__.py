"""An embedded engine for Dagger modules, over overlayfs, podman and skopeo."""

__version__ = "0.1.0"

# The version of Dagger's API that is served (dagger.json: engineVersion).
API_VERSION = "v0.21.8"
