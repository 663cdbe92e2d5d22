"""Runs agents on a thread."""


def start_run(thread_id: str, agent_name: str) -> dict:
    import uuid as _uuid

    run_id = f"run_{thread_id}_{_uuid.uuid4()}"
    return {"run_id": run_id, "agent": agent_name, "trace_id": _uuid.uuid1().hex}
