"""The service: routers over a store over two databases. Start reading at main.py."""
