"""What is stored about conversations."""

import uuid

from sqlalchemy import Column, String
from sqlalchemy.orm import DeclarativeBase

NAMESPACE = uuid.UUID("6ba7b810-9dad-11d1-80b4-00c04fd430c8")


class Base(DeclarativeBase):
    pass


class Thread(Base):
    __tablename__ = "threads"

    id = Column(String, primary_key=True, default=uuid.uuid4)
    title = Column(String)


def imported_thread_id(old_key: str) -> str:
    return str(uuid.uuid5(NAMESPACE, old_key))
