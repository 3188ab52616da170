"""Who answers people: tools made from the contract, the state machine, the channels."""
