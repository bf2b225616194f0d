"""The whole application, as a person meets it; a package, so that it is taken down when these tests have ended."""
