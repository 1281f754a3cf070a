"""A simulator of Huawei SMN: topics, subscriptions that must be confirmed, and signed pushes that are tried again.

service  calls   HTTP, and what each call does        courier  post   delivery: queue, retries, one push
mailroom         book, writer and courier together    messages        bodies of pushes and what is signed of them
blacklist        endpoints that are left alone for a while
book             topics and subscriptions             certificate     the key that signs
switches         what no document says
"""
