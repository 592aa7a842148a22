"""The whole system on one machine: an embedded AWS, a simulated carrier and a ring on its way home."""
