"""The demonstration: two invented enterprises, twenty-four invented activities, eighteen months, always the same.

trades   who they are and what they sell, as data
houses   their enterprises, contracts and people
story    what happens, from a fixed seed: pure
loading  tells the story to the services, in steps that can be cut and taken up again
"""
