"""What imagedrop writes into the bucket: claims, end markers and result files."""
