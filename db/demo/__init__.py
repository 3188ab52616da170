"""The demo building: business centre «Ладога», 3 floors, 60 rooms, 12 tenants, 200 sensors and a week of their history.

Everything in it is invented and follows from the moment it is planted at: the same `now` gives the same rows.
"""

from db.demo.people import DEVICE_KEY, PASSWORD, PEOPLE, QUESTIONS, Person
from db.demo.planting import plant

__all__ = ["DEVICE_KEY", "PASSWORD", "PEOPLE", "QUESTIONS", "Person", "plant"]
