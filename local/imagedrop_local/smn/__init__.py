"""A simulator of Huawei SMN: topics, subscriptions that must be confirmed, and signed pushes with retries.

service, calls         HTTP, and what each call does
service_state          topics, messages and deliveries together
topics                 topics and subscriptions
messages, certificate  the bodies of pushes and their signature
delivery, http_push    the queue of pushes, retries, one push
blacklist              endpoints that get no pushes for a while
switches               a switch for each point that the documents leave open
"""
