from digest.transports.rate import Rate


class Time:
    def __init__(self):
        self.now = 100.0

    def clock(self):
        return self.now

    async def sleep(self, seconds):
        self.now += max(seconds, 0)


async def turns(per_minute, count):
    time = Time()
    rate = Rate(per_minute, clock=time.clock, sleep=time.sleep)
    taken = []
    for _ in range(count):
        await rate.turn()
        taken.append(time.now)
    return taken


async def test_no_minute_holds_more_than_the_limit():
    taken = await turns(30, 100)
    for start in taken:
        assert sum(start <= at < start + 60 for at in taken) <= 30


async def test_zero_means_no_limit():
    assert set(await turns(0, 5)) == {100.0}
