"""Metrics: log lines in CloudWatch's embedded metric format (EMF). Implements the port Meter."""

from __future__ import annotations

from imagedrop.observability import current_log_fields

NAMESPACE = "imagedrop"


class EmfMeter:
    """Prints one log line per count; `service` is the only dimension."""

    def __init__(self, service: str) -> None:
        self._service = service

    def count(self, name: str, value: int = 1) -> None:
        from aws_lambda_powertools.metrics import MetricUnit, single_metric

        dimensions = {"service": self._service}
        with single_metric(name, MetricUnit.Count, value, namespace=NAMESPACE, default_dimensions=dimensions) as metric:
            for field, text in current_log_fields().items():
                metric.add_metadata(field, text)
