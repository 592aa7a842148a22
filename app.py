"""The map of every way into Goldthread. (Skeleton while the rooms are built.)"""

from chalice import Chalice, Rate

app = Chalice(app_name="goldthread", configure_logs=False)
ARN = "arn:aws:sqs:us-east-1:000000000000:"


@app.route("/v1/health")
def health():
    return {"status": "ok"}


@app.on_sqs_message(queue_arn=ARN + "tracking-in", batch_size=10, name="on_tracking_received")
def on_tracking_received(event):
    return {"batchItemFailures": []}


@app.on_sqs_message(queue_arn=ARN + "polls", batch_size=1, name="on_poll_due")
def on_poll_due(event):
    return {"batchItemFailures": []}


@app.on_sqs_message(queue_arn=ARN + "steps", batch_size=1, name="on_step_due")
def on_step_due(event):
    return {"batchItemFailures": []}


@app.on_sqs_message(queue_arn=ARN + "alerts", batch_size=10, name="on_alert_raised")
def on_alert_raised(event):
    return {"batchItemFailures": []}


@app.schedule(Rate(5, unit=Rate.MINUTES), name="sweep_due_work")
def sweep_due_work(event):
    return {}
