"""Between files and models: reading a workspace's folder, and writing one."""
