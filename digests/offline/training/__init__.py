"""Learning the weights of the built-in classifier; never needed to run the product."""
