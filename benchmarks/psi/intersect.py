"""`python intersect.py PERSONS CLIENTS`: one private set intersection; prints seconds and bytes as JSON.

It runs in the environment that `make psi` makes, and knows nothing of the project. The client learns which of its
persons the server knows, as an asker does; everything is compared exactly, without a filter that may err.
"""

import json
import sys
import time

import private_set_intersection.python as psi


def main() -> None:
    """Intersect the applicants with one body's clients, every other one of whom has applied."""
    persons, clients = int(sys.argv[1]), int(sys.argv[2])
    asked = [f"cf:{number:016d}" for number in range(persons)]
    known = [f"cf:{2 * number:016d}" for number in range(clients)]
    start = time.perf_counter()
    client, server = psi.client.CreateWithNewKey(True), psi.server.CreateWithNewKey(True)
    setup = server.CreateSetupMessage(1e-9, persons, known, psi.DataStructure.RAW)
    request = client.CreateRequest(asked)
    response = server.ProcessRequest(request)
    found = client.GetIntersection(setup, response)
    taken = time.perf_counter() - start
    if len(found) != min(clients, -(-persons // 2)):
        raise SystemExit(f"{len(found)} in common")
    carried = sum(len(message.SerializeToString()) for message in (setup, request, response))
    print(json.dumps({"seconds": taken, "bytes": carried}))


if __name__ == "__main__":
    main()
