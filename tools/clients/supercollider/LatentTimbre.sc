// A client of lts-server: every address of lts-osc(7) as a method, answers as callbacks.
//
// Lists of sounds are arrays of [file, offset in seconds, weight].
LatentTimbre {
	var <address, <listenPort, <sounds, <devices, <matched, <state, <lastReport, <>verbose = true;
	var handlers, voices, receiver;

	*new { |host = "127.0.0.1", port = 7020, listen = 7021|
		^super.new.init(host, port, listen)
	}

	init { |host, port, listen|
		address = NetAddr(host, port);
		listenPort = listen;
		sounds = List.new;
		devices = List.new;
		matched = { IdentityDictionary.new } ! 2; // parameters: [value, confidence]
		state = IdentityDictionary.new;
		handlers = IdentityDictionary.new;
		voices = (1..8).collect { |number| LatentTimbreVoice(this, number) };
		if (thisProcess.openUDPPort(listen).not) {
			Error("LatentTimbre: UDP port % cannot be had: is another client listening?"
				.format(listen)).throw
		};
		receiver = { |message, time, from, port| if (port == listenPort) { this.receive(message) } };
		thisProcess.addOSCRecvFunc(receiver);
	}

	// No answers are received any more; sclang itself keeps the port.
	free { thisProcess.removeOSCRecvFunc(receiver) }

	send { |path ... values| address.sendMsg(path, *values) }

	// function.(arguments ...) at every answer of that address; more than one may be told.
	on { |path, function|
		path = path.asSymbol;
		handlers[path] = handlers[path].addFunc(function)
	}
	off { |path, function|
		path = path.asSymbol;
		handlers[path] = function !? { handlers[path].removeFunc(function) }
	}
	onReport { |function| this.on('/report', function) }
	onProgress { |function| this.on('/progress', function) }

	// Within a Routine: waits for a report that contains the text; false when none comes in time.
	await { |text, timeout = 30|
		var found = false, look = { |report| found = found or: { report.contains(text) } };
		var end = thisThread.seconds + timeout;
		this.onReport(look);
		while { found.not and: { thisThread.seconds < end } } { 0.01.wait };
		this.off('/report', look);
		^found
	}

	receive { |message|
		var path = message[0].asSymbol;
		var values = message.drop(1).collect { |value|
			case
			{ value.isKindOf(Symbol) } { value.asString }
			{ value.isKindOf(Char) } { nil } // a 64-bit seed, which sclang cannot read
			{ value }
		};
		switch(path,
			'/report', { lastReport = values[0]; if (verbose) { values[0].postln } },
			'/dataset/list', { this.addTo(sounds, values) },
			'/match/parameter', { matched[values[0] - 1][values[1].asSymbol] = values[2..] },
			'/audio/devicelist', { this.addTo(devices, values[0]) },
			{ state[path] = values }
		);
		handlers[path].value(*values)
	}

	addTo { |list, entry|
		if (entry == "clear" or: { entry == ["clear"] }) { list.clear } { list.add(entry) }
	}

	// What is played.
	test { this.send("/test/connection") }
	dataset { |folder| this.send("/load/dataset", folder.standardizePath) }
	model { |folder| this.send("/load/model", folder.standardizePath) }
	first { |file| this.send("/sound/interpolate_two/first/audio_path", file.standardizePath) }
	second { |file| this.send("/sound/interpolate_two/second/audio_path", file.standardizePath) }
	select { |duration, offset1 = 0, offset2 = 0|
		this.send("/interpolate_two/select", duration.asFloat, offset1.asFloat, offset2.asFloat)
	}
	list { this.send("/dataset/list") }
	features { |file| this.send("/sound/features", file) }

	// Curves of alpha: 1 is all of the first sound.
	alpha { |value| this.send("/set_alfa", (2 * value - 1).asFloat) }
	// Any number of values, evenly spread; an Env; or an array of [time 0..1, alpha].
	curve { |values|
		case
		{ values.isKindOf(Env) } { this.curve(values.discretize(1000).as(Array)) }
		{ values[0].isSequenceableCollection } {
			this.send("/curve/points", *values.flat.collect(_.asFloat))
		}
		{ values.size <= 1000 } {
			this.send("/set_alfa", *values.collect { |value| (2 * value - 1).asFloat })
		}
		{ this.curveInPieces(values) }
	}
	curveInPieces { |values, most = 1000|
		this.send("/curve/begin", values.size);
		values.clump(most).do { |piece, i|
			this.send("/curve/chunk", i * most, *piece.collect(_.asFloat))
		};
		this.send("/curve/end")
	}
	curveFile { |file| this.send("/curve/load", file.standardizePath) }

	// Renders. Without numbers: of what is selected.
	generate { |duration, offset1 = 0, offset2 = 0|
		this.sendExcerpts("/interpolate_two/generate", duration, offset1, offset2)
	}
	retake { |duration, offset1 = 0, offset2 = 0|
		this.sendExcerpts("/interpolate_two/retake", duration, offset1, offset2)
	}
	mix { |duration, parts| this.sendMix("/mix", duration, parts) }
	cancel { this.send("/interpolate_two/cancel") }
	playAgain { this.send("/sound/interpolate_two/play_again") }
	stop { this.send("/sound/stop") }
	saveFolder { |folder|
		this.send("/sound/interpolate_two/save_folder", folder.standardizePath)
	}
	save { this.send("/sound/interpolate_two/save") }

	// Settings. seed(nil): a new one for each render.
	normalize { |on = true| this.send("/output/normalize", on.binaryValue) }
	sample { |on = true| this.send("/output/sample", on.binaryValue) }
	level { |law = "loudness"| this.send("/output/level", law.asString) } // or "none"
	align { |how = "auto"| this.send("/output/align", how.asString) }
	iterations { |n| this.send("/sound/set_phase_iter", n) }
	// A descriptor's magnitude 0 to 100, times amount; add(nil): nothing is added any more.
	add { |descriptor, amount = 1|
		if (descriptor.isNil) { this.send("/add") } { this.send("/add", descriptor.asString, amount.asFloat) }
	}
	limit { |distance = 0| this.send("/sound/limit", distance) }
	gfIterations { |n| this.send("/output/gf_iter", n) }
	batchSize { |n| this.send("/batch_size/set", n) }
	seed { |n| if (n.isNil) { this.send("/seed") } { this.send("/seed", n) } }
	listDevices { this.send("/audio/devicelist") }
	output { |device| this.send("/audio/device/out", device) } // a number or a name
	input { |id| this.send("/audio/device/in", id) }
	meters { |on = true| this.send("/meters", on.binaryValue) }
	sendState { this.send("/state/send") }

	// Matches, the first or the second, and the synthesizer that they set.
	matchRun { |folder| this.send("/match/run", folder.standardizePath) }
	match { |file, number = 1, refine = 0|
		this.send("/match/%/start".format(number), file.standardizePath, refine.asFloat)
	}
	matchParams { |number = 1| this.send("/match/%/params".format(number)) }
	matchPlay { |number = 1| this.send("/match/%/play".format(number)) }
	matchSave { |number = 1| this.send("/match/%/save".format(number)) }
	matchUse { |number = 1| this.send("/match/%/use".format(number)) }
	synthStart { this.send("/synth/start") }
	synthStop { this.send("/synth/stop") }
	synthNote { |note, velocity = 100| this.send("/synth/note", note, velocity) }
	synthLoop { |period, gate| this.send("/synth/loop", period.asFloat, gate.asFloat) }
	synthMorph { |share| this.send("/synth/morph", share.asFloat) } // 1 the first, 0 the second
	synthGain { |factor = 1| this.send("/synth/gain", factor.asFloat) }
	synthTranspose { |semitones = 0| this.send("/synth/transpose", semitones.asFloat) }
	synthChannel { |channel = 0| this.send("/synth/channel", channel) }
	synthMap { |controller, name| this.send("/synth/map", controller, name.asString) }
	synthParams { this.send("/synth/params") }
	synthSet { |name, value| this.send("/synth/%".format(name), value.asFloat) }

	// As from a keyboard: kind 0 note off, 1 note on, 2 controller, 3 bend.
	midi { |kind, channel, number, value| this.send("/midi", kind, channel, number, value) }

	voice { |number = 1| ^voices[number - 1] }

	sendExcerpts { |path, duration, offset1 = 0, offset2 = 0|
		if (duration.isNil) {
			this.send(path)
		} {
			this.send(path, duration.asFloat, offset1.asFloat, offset2.asFloat)
		}
	}
	sendMix { |path, duration, parts|
		this.send(path, duration.asFloat, *parts.collect { |part|
			[part[0].standardizePath, part[1].asFloat, part[2].asFloat]
		}.flatten)
	}
}

// One of eight voices that loop through excerpts.
LatentTimbreVoice {
	var <timbre, <number;

	// Patterns: (type: \latentVoice, voice: aVoice, alpha: 0.3), with any of `controls`.
	classvar <controls;
	*initClass {
		controls = #[alpha, position, freeze, speed, gain, transpose];
		StartUp.add {
			Event.addEventType(\latentVoice, {
				var event = currentEnvironment;
				controls.do { |control|
					if (event.includesKey(control)) { ~voice.perform(control, event[control]) }
				}
			})
		}
	}

	*new { |timbre, number| ^super.newCopyArgs(timbre, number) }

	send { |name ... values| timbre.send("/live/%/%".format(number, name), *values) }

	start { |duration, offset1 = 0, offset2 = 0|
		timbre.sendExcerpts("/live/%/start".format(number), duration, offset1, offset2)
	}
	mix { |duration, parts| timbre.sendMix("/live/%/mix".format(number), duration, parts) }
	alpha { |value| this.send("alpha", *value.asArray.collect(_.asFloat)) } // or an array of weights
	position { |value| this.send("position", value.asFloat) }
	freeze { |on = true| this.send("freeze", on.binaryValue) }
	speed { |value| this.send("speed", value.asFloat) }
	gain { |value| this.send("gain", value.asFloat) }
	add { |descriptor, amount = 1|
		if (descriptor.isNil) { this.send("add") } { this.send("add", descriptor.asString, amount.asFloat) }
	}
	transpose { |semitones| this.send("transpose", semitones.asFloat) }
	align { |how = "auto"| this.send("align", how.asString) }
	stop { this.send("stop") }
	at { ^(timbre.state["/live/%/at".format(number).asSymbol] ? [nil])[0] }
}
