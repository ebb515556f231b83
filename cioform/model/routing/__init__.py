"""Operations on objects, and the routes that do them."""
