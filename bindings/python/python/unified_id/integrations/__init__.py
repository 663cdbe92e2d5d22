"""What other libraries ask of ids; each module imports its library, and nothing imports them before it is used."""
