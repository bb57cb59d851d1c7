"""Serves a verifying function to the benchmark: one JSON request a line in, one answer a line out.

It measures itself: the time of each message, and the CPU time of all threads of the process.
"""

import json
import sys
import time


def serve(prepare):
    """`prepare` loads the library and returns the function: a message goes in, a NameID comes out."""
    verify = prepare(json.loads(sys.stdin.readline()))
    print(json.dumps({'loaded': time.process_time() * 1e3}), flush=True)
    for line in sys.stdin:
        answers = []
        cpu = time.process_time()
        for message in json.loads(line):
            start = time.perf_counter_ns()
            try:
                name_id = verify(message)
                answers.append({'ms': (time.perf_counter_ns() - start) / 1e6, 'nameID': name_id})
            except Exception as error:  # Each library has its own kind of refusal.
                answers.append({'refused': f'{type(error).__name__}: {error}'})
        cpu = time.process_time() - cpu
        print(json.dumps({'answers': answers, 'cpu': cpu * 1e3}), flush=True)
