"""Known vulnerabilities in a finished image, found by Trivy."""
