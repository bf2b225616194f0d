"""The bill of materials of an image: what is in it, as SPDX and as CycloneDX."""
