"""What requests and answers look like (marshmallow): one file a subject. Unknown fields are refused, not passed
over."""
