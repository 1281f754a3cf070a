"""A simulator of Huawei IMS that is hard to please: what the documents say a server refuses, it refuses.

service  routes  calls   HTTP, paths, and what each call does     imports  jobs  an import step by step, as shown
orders  fields  tags     a create call's body, field by field     judge  checks  the object, and what fails a job
sources                  the objects that an order names          images  query  changes   private images
switches                 what no document says: each point a named switch
"""
