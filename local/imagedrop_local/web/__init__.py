"""An HTTP server, its requests and responses, and AWS's signatures."""
