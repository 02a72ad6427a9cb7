"""Train small networks, and measure the signals in them, with torch."""
