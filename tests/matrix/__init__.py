"""Every disk of the tests in every format that qemu-img writes, seen by the inspection, dissect and qemu-img."""
