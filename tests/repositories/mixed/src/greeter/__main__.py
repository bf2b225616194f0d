"""Serves a signed greeting on port 8080."""

from http.server import BaseHTTPRequestHandler, HTTPServer

from itsdangerous import Signer


class Handler(BaseHTTPRequestHandler):
    """Answers every path."""

    def do_GET(self) -> None:
        """Answer with a signed greeting."""
        self.send_response(200)
        self.end_headers()
        self.wfile.write(Signer("key").sign("hello"))


HTTPServer(("", 8080), Handler).serve_forever()
