"""Every disk of the tests, in every format that qemu-img writes, read by imagedrop, dissect and qemu-img."""
