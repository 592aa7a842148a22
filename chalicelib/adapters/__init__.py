"""The only room with AWS and sockets: what the workflows' ports promise, kept by one table, queues, a bucket
and a wire.
"""
