"""How the product is packaged, described to CloudFormation and deployed. Nothing here ships."""
