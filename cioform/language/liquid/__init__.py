"""What texts say in Liquid, without rendering them. Pure."""
