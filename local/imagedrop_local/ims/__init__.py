"""A simulator of Huawei IMS that is hard to please: what the documents say a server refuses, it refuses.

service  routes               HTTP, and paths               imports  parts  jobs   an import step by step, as shown
calls  tag_calls  two_steps   what each call does           judge  checks          the object, and what fails a job
orders  attributes            a create call's body          images query changes   private images
fields  tags                  ... field by field            sources                the objects that an order names
switches                      what no document says: each point a named switch
"""
