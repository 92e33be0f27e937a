"""The two host processes: their messages, their supervision, and the clients that speak to them."""
