"""Item events of the posts (UPU EMSEVT), shared by every EMS operator."""
