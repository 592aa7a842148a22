"""The customer's page: its words, its drawings and its look. It is made on the server and works without a script."""
