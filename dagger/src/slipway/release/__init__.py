"""What a release is called and made of: references, tags, its manifest."""
