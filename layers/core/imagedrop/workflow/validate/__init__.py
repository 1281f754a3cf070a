"""validate: pairs the files of a drop, inspects the image, accepts or rejects."""
