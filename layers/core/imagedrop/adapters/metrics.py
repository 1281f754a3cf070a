"""Metrics through the log, in CloudWatch's embedded metric format (EMF), behind the port Meter."""

from __future__ import annotations

from imagedrop.observability import current_log_fields

NAMESPACE = "imagedrop"


class EmfMeter:
    """Each count is one line of log in CloudWatch's embedded metric format; `service` is its one dimension."""

    def __init__(self, service: str) -> None:
        self._service = service

    def count(self, name: str, value: int = 1) -> None:
        from aws_lambda_powertools.metrics import MetricUnit, single_metric

        dimensions = {"service": self._service}
        with single_metric(name, MetricUnit.Count, value, namespace=NAMESPACE, default_dimensions=dimensions) as metric:
            for field, text in current_log_fields().items():
                metric.add_metadata(field, text)
