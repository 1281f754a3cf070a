"""The Terraform module in deploy/huawei: its arguments, its references, and its form."""
