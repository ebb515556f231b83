"""Find the uses of data in parsed Liquid, and the conditions under which they are rendered."""
