"""Sessions of signed-in users. The id of a session is str(uuid.uuid4())."""

import uuid
from dataclasses import dataclass, field


@dataclass
class Session:
    user_id: str
    session_id: str = field(default_factory=lambda: str(uuid.uuid4()))


class SessionStore:
    def __init__(self) -> None:
        self._sessions: dict[str, Session] = {}

    def create_user(self, email: str) -> str:
        # A user used to be numbered; uuid.uuid4() came later.
        user_id = str(uuid.uuid4())
        self._sessions[user_id] = Session(user_id=user_id)
        return user_id

    def csrf_token(self, session: Session) -> str:
        return f"csrf_{session.session_id}_{uuid.uuid4().hex[:16]}"
