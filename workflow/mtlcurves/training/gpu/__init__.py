"""The engine ``gpu``: many networks in one launch, each step a few Triton kernels over all of them."""
