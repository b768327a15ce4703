"""Export and erasure of everything an account owns."""
