"""A simulator of Huawei IMS that refuses everything that the documents say a server refuses.

service, routes                      HTTP, paths and calls
calls, tag_calls, two_steps          what each call does
create_requests, attributes          the body of a create call
fields, tags                         ... field by field
sources                              the objects of a create call
imports, job_parts, jobs             import jobs and the answers about them
import_checks, detect_format         what fails a job
images, image_queries, image_updates private images
switches                             a switch for each point that the documents leave open
"""
